FORGED = True
print('a-student-was-here')
